import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Explanation } from 'zeroten'
import type { Choices } from './choices.js'
import type { Happening } from './happenings.js'
import type { Records } from './records.js'
import type { Waiting } from './waiting.js'

export interface ConsoleProps {
  choices: Choices
  offline: boolean
  waiting: readonly Waiting[]
  records: Records | undefined
  happenings: readonly Happening[]
  gates: Explanation['gates']
  visitor: string
  visitors: Readonly<Record<string, string>>
  onChoose(choices: Choices): void
  onVisitor(visitor: string): void
  onOffline(offline: boolean): void
  onAsk(): void
  onStartOver(): void
}

const FORMS = { popover: 'Popover', bar: 'Bar', modal: 'Modal' }
const THEMES = { auto: 'Automatic', light: 'Light', dark: 'Dark' }
const DIRECTIONS = { ltr: 'Left to right', rtl: 'Right to left' }
const LANGUAGES = {
  auto: 'Automatic',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  ja: '日本語',
  th: 'ไทย',
  ar: 'العربية',
  he: 'עברית',
}

function Choice(props: {
  label: string
  options: Readonly<Record<string, string>>
  value: string
  onChange(value: string): void
}) {
  return (
    <label>
      {props.label}
      <select onChange={event => props.onChange(event.currentTarget.value)}>
        {Object.entries(props.options).map(([value, words]) => (
          <option key={value} value={value} selected={value === props.value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

function Section(props: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  )
}

function Route({ offline, waiting, records }: ConsoleProps) {
  const held = records ? records.pageViews + records.responses + records.declines : undefined
  return (
    <div class="route">
      <div class={waiting.length > 0 ? 'stop waiting' : 'stop'}>
        <strong>{waiting.length}</strong> waiting here
      </div>
      <div class={offline ? 'line cut' : 'line'} />
      <div class="stop">
        <strong>{held ?? '…'}</strong> in the API
      </div>
    </div>
  )
}

function Queue({ waiting }: ConsoleProps) {
  return (
    <Section title="Waiting in this browser’s IndexedDB">
      {waiting.length === 0 && <p class="empty">Nothing: all that happened is in the API.</p>}
      <ul>
        {waiting.slice(0, 8).map(({ id, at, what }) => (
          <li key={id}>
            <span>{at}</span>
            <span>{what}</span>
          </li>
        ))}
      </ul>
      {waiting.length > 8 && <p>and {waiting.length - 8} more</p>}
    </Section>
  )
}

function Controls({ choices, visitor, visitors, onChoose, onVisitor, onAsk, onStartOver }: ConsoleProps) {
  const choose = (name: keyof Choices) => (value: string) => onChoose({ ...choices, [name]: value })
  return (
    <Section title="Try it">
      <div class="buttons">
        <button type="button" class="main" onClick={onAsk}>
          Ask now
        </button>
        <button type="button" onClick={onStartOver}>
          Start over
        </button>
        <Choice label="Visitor" options={visitors} value={visitor} onChange={onVisitor} />
        <Choice label="Form" options={FORMS} value={choices.form} onChange={choose('form')} />
        <Choice label="Language" options={LANGUAGES} value={choices.language} onChange={choose('language')} />
        <Choice label="Look" options={THEMES} value={choices.theme} onChange={choose('theme')} />
        <Choice
          label="Writing"
          options={DIRECTIONS}
          value={choices.direction}
          onChange={choose('direction')}
        />
      </div>
    </Section>
  )
}

function Api({ records }: ConsoleProps) {
  if (!records) return null
  const { endUsers, pageViews, responses, declines, latest } = records
  const counts = { 'end users': endUsers, views: pageViews, answers: responses, refusals: declines }
  return (
    <Section title="What the API holds now">
      <dl>
        {Object.entries(counts).map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <ul>
        {latest.map(({ id, score, text, who, at }) => (
          <li key={id}>
            <strong>{score}</strong>
            <span>
              {text ?? 'no words'}
              <p>
                {who}, {new Date(at).toLocaleString('en-GB')}
              </p>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

const GATES: Readonly<Record<string, string>> = {
  running: 'the script runs',
  consent: 'consent',
  opt_out: 'no opt-out',
  moment: 'the right moment',
  page_views_recorded: 'page views recorded',
  proxy: 'the proxy’s rules',
  first_survey: 'days since sign-up',
  resurvey_response: 'days since an answer',
  resurvey_decline: 'days since a refusal',
  sampling: 'chosen by lot',
  page_views: 'page views before',
  properties: 'properties',
}

function Gates({ gates }: ConsoleProps) {
  // Page and proxy both look at consent and opt-out; the proxy's word is the last.
  const latest = [...new Map(gates.map(one => [one.gate, one])).values()]
  return (
    <Section title="Why the question comes, or does not">
      <ul>
        {latest.map(({ gate, open, value, needed }) => (
          <li key={gate}>
            <span>{open ? 'yes' : 'no'}</span>
            <span>
              {GATES[gate] ?? gate}
              {value !== undefined && value !== null && `: ${value}`}
              {needed !== undefined && needed !== null && needed !== value && `, needed ${needed}`}
            </span>
          </li>
        ))}
      </ul>
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
  return (
    // English, whatever the site is in; where the console stands is the page's direction to say.
    <div lang="en" dir="ltr">
      <div class="heading">
        <h2>What happens</h2>
        <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {props.waiting.length} waiting, {open ? 'hide' : 'show'}
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
        <p>The demo server hangs up on this browser’s deliveries. Pages still load, as from a cache.</p>
        <Controls {...props} />
        <Queue {...props} />
        <Api {...props} />
        <Gates {...props} />
        <Log {...props} />
      </div>
    </div>
  )
}
