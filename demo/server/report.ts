import type { Api } from 'zeroten/api'

/** Paths of the API that the page of figures asks, which stands on the demo's own origin. */
const PATHS = /^\/(report(\/|$)|v1\/report(\/|\?|$)|oauth\/token$)/

/** How many answers the console's button invents. */
const RESPONSES = 5_000

interface ReportOptions {
  api: Api
  email: string
  password: string
}

/** `/report` on the demo's origin, its sign-in filled in: what a demonstration has is nobody's secret. */
export function createReport({ api, email, password }: ReportOptions) {
  let seeding: Promise<string> | undefined

  async function seed(): Promise<string> {
    const [account] = await api.accounts.list()
    if (!account) return 'There is no account.'
    return api.seed({ accountId: account.id, responses: RESPONSES }).then(
      () => `${RESPONSES} answers were invented.`,
      () => 'They are there already.',
    )
  }

  /** @returns undefined where the path is not the report's */
  return async (request: Request): Promise<Response | undefined> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/demo/seed') {
      if (request.method !== 'POST') return new Response('Takes POST.', { status: 405 })
      seeding ??= seed()
      return Response.json({ told: await seeding })
    }
    if (!PATHS.test(pathname)) return undefined
    const response = await api.fetch(request)
    if (pathname !== '/report' || !response.ok) return response
    const page = await response.text()
    const metas = Object.entries({ 'report-email': email, 'report-password': password })
      .map(([name, content]) => `<meta name="${name}" content="${content}">`)
      .join('')
    const headers = new Headers(response.headers)
    headers.set('Cache-Control', 'no-store')
    headers.delete('Content-Length')
    return new Response(page.replace('</head>', `${metas}</head>`), { headers })
  }
}
