import { render } from 'preact'
import type { Explanation } from 'zeroten'
import type { Records } from '../../server/records.js'
import { applyChoices, askOnNextLoad, EVENT, readChoices, writeChoices } from './choices.js'
import { isOffline, setOffline } from './connection.js'
import { Console } from './console.js'
import { readCookie, writeCookie } from './cookie.js'
import { fetchRecords } from './fetch-records.js'
import { describe, HAPPENINGS, type Happening } from './happenings.js'
import { keepClearOfSurvey } from './survey-room.js'
import { readWaiting, type Waiting } from './waiting.js'

type Zeroten = ((...command: unknown[]) => unknown) & { q?: unknown[][] }

/** The package's own type knows the commands by name; here they come from a table. */
const host = window as unknown as { zeroten?: Zeroten }

const REFRESH_MS = 1_000
const MAX_HAPPENINGS = 12
const VISITOR = 'kestrel_visitor'
const VISITORS = { '': 'Anonymous', noor: 'Noor, 400 days', jonas: 'Jonas, 90 days', mei: 'Mei, 2 days' }

const choices = readChoices()
let happenings: Happening[] = []
let waiting: Waiting[] = []
let records: Records | undefined
let gates: Explanation['gates'] = []

applyChoices(choices)
// The stub of the README: commands from before the script is there.
const early: unknown[][] = []
host.zeroten ??= Object.assign((...command: unknown[]) => early.push(command), { q: early })
const zeroten = (...command: unknown[]) => host.zeroten?.(...command)

for (const name of HAPPENINGS) {
  zeroten('on', name, (detail: unknown) => {
    happenings = [describe(name, detail), ...happenings].slice(0, MAX_HAPPENINGS)
    refresh()
  })
}

const root = document.createElement('aside')
root.className = 'console'
root.setAttribute('aria-label', 'What happens')
document.querySelector('.skip')?.after(root)

function draw() {
  render(
    <Console
      choices={choices}
      offline={isOffline()}
      waiting={waiting}
      records={records}
      happenings={happenings}
      gates={gates}
      visitor={readCookie(VISITOR)}
      visitors={VISITORS}
      onChoose={chosen => {
        writeChoices(chosen)
        location.reload()
      }}
      onVisitor={visitor => {
        writeCookie(VISITOR, visitor)
        zeroten('reset')
        location.reload()
      }}
      onOffline={offline => {
        setOffline(offline)
        draw()
      }}
      onAsk={() => {
        askOnNextLoad()
        location.reload()
      }}
      onPreview={() => {
        zeroten('preview')
      }}
      onEvent={() => {
        zeroten('event', EVENT)
      }}
      onConsent={() => {
        zeroten('consent', true)
        writeChoices({ ...choices, consent: 'granted' })
      }}
      onStartOver={async () => {
        writeCookie(VISITOR, '')
        await zeroten('forget')
        location.reload()
      }}
    />,
    root,
  )
}

async function refresh() {
  // Before the script is there, the stub answers with something else.
  const explanation = (await zeroten('explain')) as Partial<Explanation> | undefined
  gates = explanation?.gates ?? gates
  ;[waiting, records] = await Promise.all([readWaiting(), fetchRecords().then(found => found ?? records)])
  draw()
}

draw()
refresh()
keepClearOfSurvey(root)
setInterval(() => {
  if (document.visibilityState === 'visible') refresh()
}, REFRESH_MS)
