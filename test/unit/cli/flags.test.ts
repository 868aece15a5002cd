import { describe, expect, it } from 'vitest'
import {
  parseBasePath,
  parseChoice,
  parseCount,
  parseHttpUrl,
  parseOrigin,
  parsePort,
  parseTimeZone,
} from '../../../src/cli/flag-values.js'
import { describeFlags, parseFlags } from '../../../src/cli/flags.js'
import { UsageError } from '../../../src/cli/usage-error.js'

const flags = {
  port: { takes: 'PORT', parse: parsePort, initial: '4010', help: 'where to listen' },
  origin: { takes: 'URL', parse: parseOrigin, many: true, help: 'trusted origin' },
  limit: { takes: 'N', parse: parseCount, help: 'requests a minute' },
  loud: { help: 'says more' },
} as const

describe('a table of flags', () => {
  it('gives every flag its value, its initial value, an empty list, undefined or false', () => {
    expect(parseFlags([], flags)).toEqual({ port: 4010, origin: [], limit: undefined, loud: false })
  })

  it('parses what was typed, with a space or an equals sign', () => {
    expect(
      parseFlags(
        ['--port=0', '--origin', 'https://a.example', '--origin=http://b.example:81', '--loud'],
        flags,
      ),
    ).toEqual({ port: 0, origin: ['https://a.example', 'http://b.example:81'], limit: undefined, loud: true })
  })

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--port', '--loud'], "Option '--port' argument is ambiguous"],
    [['--port', 'x'], "--port takes a port, 0 to 65535, not 'x'"],
    [['--port', '65536'], "--port takes a port, 0 to 65535, not '65536'"],
    [['--limit=0'], "--limit takes a whole number above 0, not '0'"],
    [['--loud=yes'], "Option '--loud' does not take an argument"],
    [['stray'], "Unexpected argument 'stray'"],
  ])('refuses %j in one line', (argv, message) => {
    expect(() => parseFlags(argv, flags)).toThrow(new UsageError(message))
  })

  it('takes from a variable what was not typed, and says so when that can’t be', () => {
    const withVariable = { port: { ...flags.port, variable: 'PORT' } } as const
    expect(parseFlags([], withVariable, { PORT: '81' })).toEqual({ port: 81 })
    expect(parseFlags([], withVariable, { PORT: '' })).toEqual({ port: 4010 })
    expect(parseFlags(['--port', '82'], withVariable, { PORT: '81' })).toEqual({ port: 82 })
    expect(() => parseFlags([], withVariable, { PORT: 'x' })).toThrow(
      "PORT takes a port, 0 to 65535, not 'x'",
    )
    expect(describeFlags(withVariable)).toContain('[PORT, else 4010]')
  })

  it('describes itself, aligned, with what is taken when nothing is typed', () => {
    expect(describeFlags(flags)).toBe(
      [
        '  --port PORT   where to listen [4010]',
        '  --origin URL  trusted origin',
        '  --limit N     requests a minute',
        '  --loud        says more',
        '',
      ].join('\n'),
    )
  })
})

describe('values of flags', () => {
  it.each([
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['https://api.example/v/', 'https://api.example/v'],
  ])('takes %s as an address', (text, url) => {
    expect(parseHttpUrl(text)).toBe(url)
  })

  it.each(['', 'api.example', 'ftp://a', 'http://user:secret@a', 'http://a?x=1', 'http://a/#b'])(
    'refuses %j as an address',
    text => {
      expect(() => parseHttpUrl(text)).toThrow('takes')
    },
  )

  it('refuses a path in an origin', () => {
    expect(parseOrigin('https://a.example/')).toBe('https://a.example')
    expect(() => parseOrigin('https://a.example/b')).toThrow('takes an origin')
  })

  it.each(['', '/', 'zeroten', '/a/', '/a//b', '/a b', '/a?b'])('refuses %j as a base path', text => {
    expect(() => parseBasePath(text)).toThrow('takes a path')
  })

  it('takes nested base paths', () => {
    expect(parseBasePath('/shop/zeroten')).toBe('/shop/zeroten')
  })

  it('knows the time zones that the runtime knows', () => {
    expect(parseTimeZone('Europe/Berlin')).toBe('Europe/Berlin')
    expect(() => parseTimeZone('Mars/Olympus')).toThrow('IANA')
  })

  it('names the choices when none of them was typed', () => {
    expect(parseChoice('document', 'offset')('offset')).toBe('offset')
    expect(() => parseChoice('document', 'offset')('iso')).toThrow('takes document or offset')
  })
})
