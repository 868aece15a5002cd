import { expect, test } from 'vitest'
import { parsePostgresHosts } from '../../../src/api/storage/postgres-hosts.js'

test.each([
  ['postgres://me:secret@db.example:5433/nps', ['postgres://me:secret@db.example:5433/nps'], false],
  [
    'postgresql://me@one:5432,two:5433/nps?sslmode=require&target_session_attrs=read-write',
    ['postgresql://me@one:5432/nps?sslmode=require', 'postgresql://me@two:5433/nps?sslmode=require'],
    true,
  ],
  [
    'postgres://me@localhost/nps?host=/run/a,/run/b&port=5432,5433&target_session_attrs=primary',
    [
      'postgres://me@localhost/nps?host=%2Frun%2Fa&port=5432',
      'postgres://me@localhost/nps?host=%2Frun%2Fb&port=5433',
    ],
    true,
  ],
  ['postgres:///nps?target_session_attrs=any', ['postgres:///nps'], false],
])('%s names its servers', (url, urls, mustWrite) => {
  expect(parsePostgresHosts(url)).toEqual({ urls, mustWrite })
})

test.each(['mysql://one/nps', 'postgres://one/nps?target_session_attrs=standby'])('%s is refused', url => {
  expect(() => parsePostgresHosts(url)).toThrow(TypeError)
})
