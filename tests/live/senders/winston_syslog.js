// winston_syslog.js PORT COUNT PROTOCOL TYPE: winston-syslog by its defaults, so nothing ends a message over TCP. TYPE: BSD, 5424.
// Each message is a segment: it sets TCP_NODELAY, and here no two are written in one turn of the event loop.
'use strict'
const winston = require('winston')
const { Syslog } = require('winston-syslog')

const [port, count] = process.argv.slice(2).map(Number)
const [protocol, type] = process.argv.slice(4)
const levels = ['debug', 'info', 'warning', 'error', 'crit']
const transport = new Syslog({ host: '127.0.0.1', port, protocol, type, localhost: 'web1', app_name: 'shop', facility: 'local3' })
const log = winston.createLogger({
  levels: winston.config.syslog.levels,
  level: 'debug',
  format: winston.format.printf(info => info.message),
  transports: [transport]
})
let sent = 0
const next = () => {
  if (sent === count) return setTimeout(() => process.exit(0), 300) // close() would connect again
  log.log(levels[sent % 5], `item ${sent} of anna's cart`)
  sent++
  setImmediate(next)
}
if (transport.isDgram) {
  next()
} else {
  // What is logged before the connection is there would go out in one piece.
  transport.connect(() => {})
  transport.socket.once('connect', () => setImmediate(next))
}
