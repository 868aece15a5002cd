#!/usr/bin/env node
import { hidePasswords } from './hide-passwords.js'
import { main } from './main.js'

hidePasswords(process.argv)
const code = await main(process.argv.slice(2), {
  env: process.env,
  print: line => process.stdout.write(`${line}\n`),
  printError: line => process.stderr.write(`${line}\n`),
})
process.exitCode = code
// What did not drain in time would keep the process alive.
if (code !== 0) process.exit()
