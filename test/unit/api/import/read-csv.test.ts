import { expect, test } from 'vitest'
import { readCsv } from '../../../../src/api/import/read-csv.js'

async function read(text: string | Uint8Array, size = 7) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
  }
  const rows: unknown[] = []
  for await (const one of readCsv(chunks()))
    rows.push(
      'record' in one
        ? [one.record.line, ...Object.values(one.record.fields)]
        : [one.fault.line, one.fault.reason],
    )
  return rows
}

test.each([
  ['a,b\n1,2\n', [[2, '1', '2']]],
  [
    'a;b\r\n1;2\r\n3;4',
    [
      [2, '1', '2'],
      [3, '3', '4'],
    ],
  ],
  ['a\tb\r1\t2\r', [[2, '1', '2']]],
  ['\uFEFFa,b\n"x, ""y""",2\n', [[2, 'x, "y"', '2']]],
  ['a,b\n\n\n1,2\n', [[4, '1', '2']]],
  ['"a;x",b\n1,2\n', [[2, '1', '2']]],
  ['a,a\n1,2\n', [[2, '1', '2']]],
  ['a,\n1,2\n', [[2, '1', '2']]],
  ['a,b\n 1 , " 2 "\n', [[2, '1', ' 2 ']]],
  ['a,b\nit"s,2\n', [[2, 'it"s', '2']]],
  ['', []],
  ['a,b', []],
])('reads %j', async (text, rows) => {
  for (const size of [1, 7, 10_000]) expect(await read(text, size)).toEqual(rows)
})

test('a record is named by the line it begins on, also after line ends in quotes', async () => {
  expect(await read('a,b\r\n"x\r\ny\r\nz",1\r\n2,2\r\n3\r\n"p\r\n\r\nq",4\r\n5,5\r\n', 10_000)).toEqual([
    [2, 'x\r\ny\r\nz', '1'],
    [5, '2', '2'],
    [6, 'has more or fewer columns than the first line'],
    [7, 'p\r\n\r\nq', '4'],
    [10, '5', '5'],
  ])
})

test('a quote that is never closed is a fault, and the lines before it are read', async () => {
  const rows = await read('a,b\n1,2\n"3,4\n5,6\n', 10_000)
  expect(rows[0]).toEqual([2, '1', '2'])
  expect(String(rows[1])).toMatch(/quote/)
})

test('columns of one name are told apart', async () => {
  async function* chunks() {
    yield new TextEncoder().encode('tag,tag,\nx,y,z\n')
  }
  for await (const one of readCsv(chunks()))
    expect(one).toMatchObject({ record: { fields: { tag: 'x', 'tag 2': 'y', 'column 3': 'z' } } })
})
