import type { Choices } from './choices.js'
import { Section } from './section.js'

export interface ControlsProps {
  choices: Choices
  /** Who is logged in; empty for nobody. */
  visitor: string
  visitors: Readonly<Record<string, string>>
  onChoose(choices: Choices): void
  onVisitor(visitor: string): void
  onAsk(): void
  onPreview(): void
  onEvent(): void
  onConsent(): void
  onStartOver(): void
}

const CHOICES: Readonly<Record<keyof Choices, readonly [string, Readonly<Record<string, string>>]>> = {
  form: ['Form', { popover: 'Popover', bar: 'Bar', modal: 'Modal', inline: 'In the page' }],
  language: [
    'Language',
    {
      auto: 'Automatic',
      de: 'Deutsch',
      es: 'Español',
      fr: 'Français',
      ja: '日本語',
      th: 'ไทย',
      ar: 'العربية',
      he: 'עברית',
    },
  ],
  theme: ['Look', { auto: 'Automatic', light: 'Light', dark: 'Dark' }],
  scaleColor: ['Scale', { one: 'One colour', three: 'Three colours', gradient: 'Gradient' }],
  direction: ['Writing', { ltr: 'Left to right', rtl: 'Right to left' }],
  moment: ['Ask', { 'at once': 'At once', event: 'At an event' }],
  consent: ['Consent', { granted: 'Given', pending: 'To be asked for' }],
  optOut: ['Opt-out', { no: 'Not offered', yes: 'Offered' }],
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

const names = Object.keys(CHOICES) as (keyof Choices)[]

/** What one can make happen, besides using the site. */
export function Controls(props: ControlsProps) {
  const { choices } = props
  return (
    <Section title="Try it">
      <div class="buttons">
        <button type="button" class="main" onClick={props.onAsk}>
          Ask now
        </button>
        <button type="button" onClick={props.onPreview}>
          Preview
        </button>
        {choices.moment === 'event' && (
          <button type="button" onClick={props.onEvent}>
            Book a repair
          </button>
        )}
        {choices.consent === 'pending' && (
          <button type="button" onClick={props.onConsent}>
            Give consent
          </button>
        )}
        <button type="button" onClick={props.onStartOver}>
          Start over
        </button>
      </div>
      <div class="choices">
        <Choice label="Visitor" options={props.visitors} value={props.visitor} onChange={props.onVisitor} />
        {names.map(name => (
          <Choice
            key={name}
            label={CHOICES[name][0]}
            options={CHOICES[name][1]}
            value={choices[name]}
            onChange={value => props.onChoose({ ...choices, [name]: value })}
          />
        ))}
      </div>
    </Section>
  )
}
