import { isbot } from 'isbot'

/** What browsers begin with, and by what crawlers say that they are one. */
const BROWSER_OR_CRAWLER = /^mozilla\/|bot|crawl|spider|slurp|externalhit|lighthouse|preview|https?:\/\//i

/**
 * Whether a `User-Agent` is a known crawler's. isbot also takes servers, apps and content delivery networks for bots, which
 * are none of ours to pass over: what they bring may be a visitor's. An automated browser is the page's own affair
 * (`allowBots`): it can't be told from a crawler's by more than its name.
 */
export function isCrawler(userAgent: string | null): boolean {
  if (!userAgent || !BROWSER_OR_CRAWLER.test(userAgent)) return false
  return isbot(userAgent.replace('HeadlessChrome/', 'Chrome/'))
}
