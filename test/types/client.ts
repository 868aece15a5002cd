/** Held by the compiler alone: nothing here runs. */
import type { fetch as undiciFetch } from 'undici'
import { expectTypeOf } from 'vitest'
import {
  type ApiError,
  type Client,
  type ClientError,
  type ClientOptions,
  createClient,
  type Fetch,
  type Parsed,
} from '../../src/client/index.js'
import type { Decline, EndUser, PageView, ResponseRecord } from '../../src/wire/v1.js'

expectTypeOf(createClient).returns.toEqualTypeOf<Client>()

expectTypeOf<Parsed<EndUser>['created_at']>().toEqualTypeOf<Date>()
expectTypeOf<Parsed<EndUser>['last_surveyed']>().toEqualTypeOf<Date | null>()
expectTypeOf<Parsed<EndUser>['external_created_at']>().toEqualTypeOf<number | null>()
expectTypeOf<Parsed<EndUser>['page_views_count']>().toEqualTypeOf<number | undefined>()
expectTypeOf<Parsed<ResponseRecord>['score']>().toEqualTypeOf<number>()
expectTypeOf<Parsed<ResponseRecord>['origin_url']>().toEqualTypeOf<string | null>()
expectTypeOf<Parsed<PageView>['at']>().toEqualTypeOf<Date>()
expectTypeOf<keyof Parsed<Decline>>().toEqualTypeOf<keyof Decline>()

expectTypeOf<Client['endUsers']['get']>().returns.resolves.toEqualTypeOf<Parsed<EndUser>>()
expectTypeOf<Client['responses']['create']>().returns.resolves.toEqualTypeOf<
  Parsed<ResponseRecord> | undefined
>()
expectTypeOf<ReturnType<Client['declines']['list']>>().toExtend<AsyncIterable<Parsed<Decline>>>()
expectTypeOf<Parameters<Client['responses']['listOf']>[1]>().toExtend<
  { class?: 'promoters' | 'passives' | 'detractors' } | undefined
>()

expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>()
expectTypeOf<typeof undiciFetch>().toExtend<Fetch>()
expectTypeOf<ApiError>().toExtend<ClientError>()

declare const client: Client
// @ts-expect-error score is required
client.responses.create(1, { origin_url: 'https://example.com' })
// @ts-expect-error a time is whole seconds, not a Date
client.declines.create(1, { created_at: new Date() })
// @ts-expect-error an id is a number
client.endUsers.get('1')
// @ts-expect-error there is no such class
client.responses.listOf(1, { class: 'neutrals' })
// @ts-expect-error credentials are needed
createClient({})
// @ts-expect-error a secret is needed
createClient({ credentials: { clientId: 'app' } })

const options: ClientOptions = { credentials: { refreshToken: async () => 'r' } }
expectTypeOf(options.fetch).toEqualTypeOf<Fetch | undefined>()
