// gelf_pro.js PORT COUNT ADAPTER: gelf-pro by its defaults. udp: deflated; tcp: a connection for each message.
'use strict'
const gelf = require('gelf-pro')

const [port, count] = process.argv.slice(2).map(Number)
gelf.setConfig({ adapterName: process.argv[4], adapterOptions: { host: '127.0.0.1', port }, fields: { facility: 'shop' } })
const levels = ['debug', 'info', 'warning', 'error', 'critical']
// One in a hundred is too long for one datagram, even deflated.
const noise = n => Array.from({ length: 800 }, (_, i) => ((n * 7919 + i * 104729) * 2654435761 % 4294967296).toString(36)).join('')
const next = i => {
  if (i === count) return
  const text = `item ${i} of anna's cart` + (i % 100 === 99 ? ' ' + noise(i) : '')
  gelf[levels[i % 5]](text, { order: i }, error => {
    if (error) throw error
    setImmediate(next, i + 1)
  })
}
next(0)
