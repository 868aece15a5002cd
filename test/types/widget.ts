/** Held by the compiler alone: nothing here runs. */
import { expectTypeOf } from 'vitest'
import {
  type Bundled,
  createWidget,
  type Explanation,
  type Inspection,
  type PanelSettings,
  type Settings,
  type Verdict,
  type Widget,
  type WidgetEvents,
} from '../../src/widget/index.js'
import type * as survey from '../../src/widget/survey/index.js'

expectTypeOf(createWidget).returns.toEqualTypeOf<Widget>()
expectTypeOf(createWidget).parameter(0).toEqualTypeOf<Settings | undefined>()
expectTypeOf(createWidget).parameter(1).toEqualTypeOf<Bundled | undefined>()
expectTypeOf<typeof survey>().toExtend<NonNullable<Bundled['survey']>>()
expectTypeOf<Settings>().toExtend<PanelSettings>()

expectTypeOf<Settings['theme']>().toEqualTypeOf<'light' | 'dark' | 'auto' | undefined>()
expectTypeOf<Settings['consent']>().toEqualTypeOf<'granted' | 'pending' | 'refused' | undefined>()
expectTypeOf<Settings['keepParams']>().toEqualTypeOf<string[] | undefined>()
expectTypeOf<Settings['timeDelay']>().toEqualTypeOf<number | undefined>()
// Whatever there is to say may be left unsaid.
expectTypeOf({}).toExtend<Settings>()

expectTypeOf<WidgetEvents['verdict']>().toEqualTypeOf<Verdict>()
expectTypeOf<WidgetEvents['score']>().toEqualTypeOf<{ score: number }>()
expectTypeOf<keyof WidgetEvents>().toEqualTypeOf<
  | 'verdict'
  | 'show'
  | 'score'
  | 'comment'
  | 'response'
  | 'decline'
  | 'close'
  | 'queued'
  | 'delivered'
  | 'rejected'
  | 'evicted'
  | 'error'
>()
expectTypeOf<Widget['explain']>().returns.resolves.toEqualTypeOf<Explanation>()
expectTypeOf<Explanation['survey']>().toEqualTypeOf<boolean>()
expectTypeOf<Widget['queue']['inspect']>().returns.resolves.toEqualTypeOf<Inspection>()
expectTypeOf<Widget['forget']>().returns.resolves.toEqualTypeOf<void>()

declare const widget: Widget
expectTypeOf(widget.on('close', ({ reason }) => expectTypeOf(reason).toExtend<string>())).toEqualTypeOf<
  () => void
>()
// @ts-expect-error no event has this name
widget.on('closed', () => undefined)
// @ts-expect-error a score is a number
widget.on('score', ({ score }) => score.trim())
// @ts-expect-error a colour scheme there is not
createWidget({ theme: 'sepia' })
// @ts-expect-error seconds are a number
createWidget({ timeDelay: '5' })
// @ts-expect-error the attribute's spelling is for tags
createWidget({ 'product-name': 'Kestrel' })
// @ts-expect-error properties are flat
widget.identify({ properties: { address: { city: 'Ghent' } } })
// @ts-expect-error consent is given or not
widget.consent('maybe')

expectTypeOf<HTMLElementTagNameMap['zero-ten']>().toEqualTypeOf<HTMLElement>()
