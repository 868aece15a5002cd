import type { ReportAnswer, ReportUnit, SegmentsAnswer, SeriesAnswer } from '../../wire/report.js'
import { selectReportSettings } from '../storage/report/settings.js'
import type { Storage } from '../storage/storage.js'
import type { WeekStart } from './calendar.js'
import { computeReport, computeSegments, computeSeries, suitableUnit } from './compute.js'
import { type FilterParameters, parseScope } from './parameters.js'

export interface FindReportOptions {
  accountId: number
  nowMs: number
  parameters: FilterParameters
  by: string | undefined
  unit: ReportUnit | undefined
}

/** The figures of an account, for who has its database at hand. @throws HttpError where a parameter can't be */
export async function findReport(
  storage: Storage,
  { accountId, nowMs, parameters, by, unit }: FindReportOptions,
): Promise<{ report: ReportAnswer; series: SeriesAnswer; segments: SegmentsAnswer | undefined }> {
  const settings = await selectReportSettings(storage.db, accountId)
  const scope = parseScope(parameters, {
    accountId,
    nowMs,
    timeZone: settings?.time_zone ?? 'UTC',
    weekStart: (settings?.week_start ?? 'monday') as WeekStart,
  })
  const scans = storage.scansFor(accountId)
  return {
    report: await computeReport(scans, scope),
    series: await computeSeries(scans, scope, { unit: unit ?? suitableUnit(scope.filter), nowMs }),
    segments: by === undefined ? undefined : await computeSegments(scans, scope, by),
  }
}
