import { ZerotenError } from '../../http/zeroten-error.js'

/**
 * Imports a database driver. They are optional peers of the package, so that a site which only mounts the proxy installs
 * none.
 *
 * @throws ZerotenError `driver_missing`, with the command that installs it
 */
export async function importDriver<T>(name: 'libsql' | 'pg', load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new ZerotenError('driver_missing', `the database driver is missing: npm install ${name}`, { cause })
  }
}
