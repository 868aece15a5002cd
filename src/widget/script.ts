/** The file of the tag, `widget.js`. */
import { startTag } from './boot/start-tag.js'

startTag(false)
