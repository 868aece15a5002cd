const {
  API_URL = 'https://api.wootric.com',
  WOOTRIC_CLIENT_ID = '',
  WOOTRIC_CLIENT_SECRET = '',
} = process.env

/** What every example here gives its proxy. Secrets come from the environment, never from a file of the site. */
export const options = {
  api: API_URL,
  clientId: WOOTRIC_CLIENT_ID,
  clientSecret: WOOTRIC_CLIENT_SECRET,
}

export const port = Number(process.env.PORT ?? 3000)
export const host = '127.0.0.1'

/** A page with the tag. */
export const page = '<!doctype html><script defer src="/zeroten/widget.js"></script><h1>A site</h1>'
