import { attributeOf, SETTINGS, WOOTRIC_ONLY } from '../../src/widget/settings/settings-table.js'

const code = (text: string) => `\`${text}\``
const cells = (...columns: string[]) => `| ${columns.join(' | ').replace(/\n/g, ' ')} |`

/** The README's tables of settings, made of the typed source. */
export const settingsTable = (): string =>
  [
    cells('setting, attribute', 'Wootric’s name', 'value', 'default', 'meaning'),
    cells('---', '---', '---', '---', '---'),
    ...Object.entries(SETTINGS).map(([name, { kind, unit, meaning, wootric = [], default: initial }]) =>
      cells(
        kind === 'function' ? code(name) : `${code(name)}<br>${code(attributeOf(name))}`,
        wootric.map(code).join('<br>'),
        unit ?? (typeof kind === 'string' ? kind : kind.map(code).join(', ')),
        initial ?? '',
        meaning,
      ),
    ),
    '',
    'A class is `promoter`, `passive` or `detractor`; `all` stands for those that are not named. An attribute without a value is a',
    'yes; lists are separated by spaces or commas, objects are JSON. Under Wootric’s names, these are known besides:',
    '',
    cells('Wootric’s name', 'here'),
    cells('---', '---'),
    ...Object.entries(WOOTRIC_ONLY).map(([name, meaning]) => cells(code(name), meaning)),
  ].join('\n')
