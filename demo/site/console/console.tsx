import { useState } from 'preact/hooks'
import type { Explanation } from 'zeroten'
import type { Records } from '../../server/records.js'
import { ApiRecords } from './api-records.js'
import { Controls, type ControlsProps } from './controls.js'
import { GateList } from './gate-list.js'
import type { Happening } from './happenings.js'
import { ScoreLink } from './score-link.js'
import { Section } from './section.js'
import type { Waiting } from './waiting.js'

export interface ConsoleProps extends ControlsProps {
  offline: boolean
  waiting: readonly Waiting[]
  records: Records | undefined
  happenings: readonly Happening[]
  gates: Explanation['gates']
  onOffline(offline: boolean): void
}

function Route({ offline, waiting, records }: ConsoleProps) {
  const count = waiting.filter(({ isDraft }) => !isDraft).length
  const held = records ? records.pageViews + records.responses + records.declines : undefined
  return (
    <div class="route">
      <div class={count > 0 ? 'stop waiting' : 'stop'}>
        <strong>{count}</strong> waiting here
      </div>
      <div class={offline ? 'line cut' : 'line'} />
      <div class="stop">
        <strong>{held ?? '…'}</strong> in the API
      </div>
    </div>
  )
}

function Queue({ waiting }: ConsoleProps) {
  const owners = [...new Set(waiting.map(({ owner }) => owner))]
  return (
    <Section title="Waiting in this browser’s IndexedDB">
      {waiting.length === 0 && <p class="empty">Nothing: all that happened is in the API.</p>}
      <ul>
        {waiting.slice(0, 8).map(({ id, at, what, owner, isDraft }) => (
          <li key={id} class={isDraft ? 'draft' : undefined}>
            <span>{at}</span>
            <span>
              {what}
              {owners.length > 1 && <p>of visitor {owners.indexOf(owner) + 1} on this device</p>}
            </span>
          </li>
        ))}
      </ul>
      {waiting.length > 8 && <p>and {waiting.length - 8} more</p>}
    </Section>
  )
}

function Log({ happenings }: ConsoleProps) {
  return (
    <Section title="What the widget told this page">
      <ol>
        {happenings.map(({ time, name, words }, index) => (
          <li key={`${time}${name}${happenings.length - index}`}>
            <span>{time}</span>
            <span>{words}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

/** Shows what happens behind a page, and lets one make things happen. */
export function Console(props: ConsoleProps) {
  const [open, setOpen] = useState(false)
  const waiting = props.waiting.filter(({ isDraft }) => !isDraft).length
  return (
    // English, whatever the site is in; where the console stands is the page's direction to say.
    <div lang="en" dir="ltr">
      <div class="heading">
        <h2>What happens</h2>
        <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {waiting} waiting, {open ? 'hide' : 'show'}
        </button>
      </div>
      <div class="body" hidden={!open}>
        <Route {...props} />
        <label class="switch">
          <input
            type="checkbox"
            checked={props.offline}
            onChange={event => props.onOffline(event.currentTarget.checked)}
          />
          Offline
        </label>
        <p>
          {props.offline
            ? 'Cut off: the demo server hangs up on this browser’s deliveries. Pages still load, as from a cache.'
            : 'Online: what happens is delivered at once. Cut the line to see it wait, over reloads too.'}
        </p>
        <Controls {...props} />
        <Queue {...props} />
        <ScoreLink />
        <GateList gates={props.gates} />
        <ApiRecords records={props.records} />
        <Log {...props} />
      </div>
    </div>
  )
}
