import type { Browser, BrowserContextOptions } from 'playwright'
import { beforeAll, onTestFinished } from 'vitest'
import { cleanUpAfterAll } from './clean-up-after-all.js'
import { type Deployment, type DeploymentOptions, deploy } from './deployment.js'
import { launchBrowser } from './launch-browser.js'
import { type Scene, type SceneOptions, setScene } from './scene.js'

export interface Stage {
  deployment: Deployment
  browser: Browser
  /** A visitor's browser with a storage of its own, on a site of its own. */
  scene(options?: SceneOptions, context?: BrowserContextOptions): Promise<Scene>
}

/** A browser and a deployment for all tests of one `describe`, in which it is to be called; read it within tests. */
export function useStage({
  launch = launchBrowser,
  ...options
}: DeploymentOptions & { launch?: () => Promise<Browser> } = {}): Stage {
  const cleanUp = cleanUpAfterAll()
  const stage = {} as Stage
  beforeAll(async () => {
    const browser = await launch()
    cleanUp(() => browser.close())
    const deployment = await deploy(cleanUp, options)
    Object.assign(stage, { browser, deployment })
  })
  stage.scene = async (options, contextOptions) => {
    const context = await stage.browser.newContext(contextOptions)
    onTestFinished(() => context.close())
    return setScene(onTestFinished, stage.deployment, context, options)
  }
  return stage
}

/** Both kinds of upstream, for `describe.each`: what must be once, must be so before either. */
export const UPSTREAMS = [
  { keys: true, upstream: 'an API that honours keys' },
  { keys: false, upstream: 'an API that ignores keys' },
]
