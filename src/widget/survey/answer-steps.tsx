/**
 * What the question itself does not need, a chunk of its own that comes while it is read: the steps after it with Preact,
 * their styles, what a soft keyboard and a growing panel ask for, and whether the panel has been seen.
 *
 * @module
 */
import { render } from 'preact'
import { AT } from '../locales/messages.js'
import { grow } from './animate-height.js'
import css from './answer-steps.css?inline'
import { avoidKeyboard } from './avoid-keyboard.js'
import { FollowUp } from './follow-up.js'
import { classOf, forClass } from './nps-class.js'
import type { CreateAnswerSteps } from './panel-types.js'
import type { PanelState } from './state.js'
import { Thanks } from './thanks.js'
import { whenSeen } from './when-seen.js'

/** Elements that are made elsewhere, in a place of their own within Preact's. */
const Given = ({ element }: { element: HTMLElement | undefined }) =>
  element ? (
    <div
      ref={place => {
        if (place && !place.firstChild) place.append(element)
      }}
    />
  ) : null

export const createAnswerSteps: CreateAnswerSteps = options => {
  const { settings, words, panel, rest, extras, signal, type, send, onSeen } = options
  const failed = words[AT.failed]
  const followUps = {
    promoter: words[AT.promoter],
    passive: words[AT.passive],
    detractor: words[AT.detractor],
  }
  const permission = extras?.belowText()
  avoidKeyboard(panel, signal)
  if (onSeen) whenSeen(panel, signal, onSeen)

  const stepOf = (state: PanelState, score: number) => {
    const { hasFailed, isSent } = state
    if (isSent) {
      const text = forClass(settings.thanks, score) || words[AT.thanks]
      const view = (
        <Thanks text={text}>
          <Given element={extras?.afterThanks(state)} />
        </Thanks>
      )
      return { spoken: text, view }
    }
    const title = forClass(settings.followUp, score) || followUps[classOf(score)]
    const placeholder = forClass(settings.placeholder, score) || words[AT.placeholder]
    const view = (
      <FollowUp {...{ state, title, placeholder, failed, type, send }} sendLabel={words[AT.send]}>
        <Given element={permission} />
      </FollowUp>
    )
    return { spoken: hasFailed ? failed : title, view }
  }

  return {
    css,
    show(state, { holdMs, isFirst, change }) {
      const { spoken, view } = stepOf(state, state.score ?? 0)
      const draw = () => {
        change()
        render(view, rest)
      }
      if (isFirst) draw()
      else grow(panel, holdMs, draw)
      return spoken
    },
  }
}
