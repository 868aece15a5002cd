import { describe, expect, it, onTestFinished } from 'vitest'
import { launchProfile } from '../support/launch-profile.js'
import { setScene } from '../support/scene.js'
import type { Service } from '../support/service.js'
import { UPSTREAMS, useStage } from '../support/stage.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe.each(UPSTREAMS)('a process that dies, before $upstream', ({ keys }) => {
  const stage = useStage({ keys })

  /** Kills a process when the API has written the nth record, before its answer reaches the proxy. */
  const onceWritten = (collection: string, nth: number, victim: Service): Promise<void> => {
    const { wire } = stage.deployment
    let written = 0
    onTestFinished(() => {
      wire.fault = undefined
    })
    return new Promise(resolve => {
      wire.fault = ({ method, path }) =>
        method === 'POST' && path.includes(collection) && ++written === nth
          ? { after: () => victim.kill().then(resolve) }
          : undefined
    })
  }

  it.each(['page_views', 'responses'])(
    'the upstream commits, the proxy dies before it answers: none of its %s is doubled',
    async collection => {
      const { deployment } = stage
      const { newTab, allArrived } = await stage.scene()
      const killed = onceWritten(collection, 1, deployment.proxy)
      const tab = await newTab()
      await tab.open('/first')
      await tab.views('/more/', 5)
      if (collection === 'responses') await tab.answer(8, 'written by the dead')
      await killed
      await deployment.proxy.start()
      await tab.reload()
      await tab.hearOnline()
      await allArrived()
    },
  )

  it('the API dies before it answers: everything is kept, and what it wrote last is not doubled', async () => {
    const { deployment } = stage
    const { newTab, allArrived } = await stage.scene()
    const tab = await newTab()
    await tab.open('/first')
    const killed = onceWritten('page_views', 7, deployment.api)
    await tab.views('/dying/', 15)
    await killed
    await deployment.api.start()
    await tab.hearOnline()
    await allArrived()
  })

  it('the browser is killed after “thank you”: a new start on the same profile brings the answer', async () => {
    const profile = await temporaryFolder()
    onTestFinished(profile.remove)
    const killed = await launchProfile(onTestFinished, profile.path)
    const scene = await setScene(onTestFinished, stage.deployment, killed.context)
    const tab = await scene.newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    await scene.allArrived()
    scene.site.fault = 'refuse'
    await tab.views('/stored/', 3)
    await tab.answer(9, 'thanked for')
    await killed.kill()
    scene.site.fault = undefined
    const next = await scene.moveTo((await launchProfile(onTestFinished, profile.path)).context)
    await (await next.newTab()).open('/next')
    await next.allArrived()
  })
})

describe('a token', () => {
  const stage = useStage()

  it('expired under ten parallel batches: one token request', async () => {
    const { wire } = stage.deployment
    const first = await stage.scene()
    await (await first.newTab()).open('/warm')
    await first.impressionArrived()
    await first.allArrived()
    const expired = wire.requests.find(({ path }) => path.includes('page_views'))?.headers.authorization
    expect(expired).toMatch(/^Bearer /)

    let arrived = 0
    let release: (() => void) | undefined
    const all = new Promise<void>(resolve => {
      release = resolve
    })
    const scenes = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const scene = await stage.scene()
        scene.site.fault = batch => {
          if (batch.events.length && ++arrived === 10) release?.()
          return { before: all }
        }
        return scene
      }),
    )
    // The first refusal is held back until another request has the same token: else the new one could be there before.
    let refused = 0
    let refuse: (() => void) | undefined
    const several = new Promise<void>(resolve => {
      refuse = resolve
    })
    wire.fault = ({ headers }) => {
      if (headers.authorization !== expired) return undefined
      if (++refused === 2) refuse?.()
      return { before: several, status: 401, headers: { 'content-type': 'application/json' }, body: '{}' }
    }
    const before = wire.requests.length
    await Promise.all(scenes.map(async scene => (await scene.newTab()).open('/at-once')))
    for (const scene of scenes) await scene.allArrived()
    const since = wire.requests.slice(before)
    expect(since.filter(({ path }) => path === '/oauth/token')).toHaveLength(1)
    expect(since.filter(({ headers }) => headers.authorization === expired).length).toBeGreaterThan(1)
  })
})
