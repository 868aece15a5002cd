/** The file of the tag for pages that call us by Wootric's names, `named.js`: nothing happens before they do. */
import { startTag } from './boot/start-tag.js'

startTag(true)
