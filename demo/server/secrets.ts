import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the demo's API account and its proxy share; made at the first start and kept, so that a restart goes on. */
export interface Secrets {
  email: string
  password: string
  clientId: string
  clientSecret: string
  identitySecret: string
}

const random = (): string => randomBytes(32).toString('base64url')

/** Reads `secrets.json` of the folder, or makes both. */
export async function loadSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, 'secrets.json')
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Secrets
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const secrets: Secrets = {
    email: 'owner@kestrel.example',
    password: random(),
    clientId: 'kestrel',
    clientSecret: random(),
    identitySecret: random(),
  }
  await mkdir(folder, { recursive: true })
  await writeFile(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  return secrets
}
