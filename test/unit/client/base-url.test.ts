import { expect, test } from 'vitest'
import { parseBaseUrl } from '../../../src/client/base-url.js'

test.each([
  ['https://api.wootric.com', 'https://api.wootric.com'],
  ['https://api.wootric.com/', 'https://api.wootric.com'],
  ['HTTPS://API.Wootric.com:443/', 'https://api.wootric.com'],
  ['https://gateway.example/wootric//', 'https://gateway.example/wootric'],
  ['https://api.wootric.com/v1/', 'https://api.wootric.com'],
  ['https://gateway.example/wootric/v1', 'https://gateway.example/wootric'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ['http://127.1:4010/', 'http://127.0.0.1:4010'],
  ['http://localhost:4010', 'http://localhost:4010'],
  ['http://api.localhost', 'http://api.localhost'],
  ['http://[::1]:4010', 'http://[::1]:4010'],
])('%s is taken', (given, taken) => {
  expect(parseBaseUrl(given, false)).toBe(taken)
})

test.each([
  'http://api.wootric.com',
  'http://10.0.0.1',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil.example',
  'http://notlocalhost',
  'http://[::2]',
  'http://0.0.0.0',
  'http://169.254.169.254',
])('%s would send tokens in clear, and is refused', given => {
  expect(() => parseBaseUrl(given, false)).toThrow(/https/)
})

test.each([
  'https://169.254.169.254',
  'https://0xa9.0xfe.0xa9.0xfe',
  'https://2852039166',
  'https://[fe80::1]',
  'https://[febf::1]',
  'https://[::ffff:169.254.169.254]',
])('%s is link-local, and is refused', given => {
  expect(() => parseBaseUrl(given, false)).toThrow(/link-local/)
})

test.each([
  '',
  'api.wootric.com',
  '//api.wootric.com',
  '/v1',
  'ftp://api.wootric.com',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://user@api.wootric.com',
  'https://:hush@api.wootric.com',
  'https://api.wootric.com?access_token=hush',
  'https://api.wootric.com/#hush',
  'https://ho st:hush@',
])('%j is no base, with or without allowInsecure, and is not repeated', given => {
  for (const allowInsecure of [false, true]) {
    expect(() => parseBaseUrl(given, allowInsecure)).toThrow(TypeError)
    expect(() => parseBaseUrl(given, allowInsecure)).not.toThrow(/hush/)
  }
})

test('allowInsecure allows what was only insecure', () => {
  expect(parseBaseUrl('http://10.0.0.1:8080/', true)).toBe('http://10.0.0.1:8080')
  expect(parseBaseUrl('http://169.254.1.1', true)).toBe('http://169.254.1.1')
})
