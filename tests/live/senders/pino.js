// pino.js PORT COUNT: pino's JSON lines over TCP, by its own transport.
'use strict'
const pino = require('pino')

const [port, count] = process.argv.slice(2).map(Number)
const levels = ['debug', 'info', 'warn', 'error', 'fatal']
const transport = pino.transport({
  target: require.resolve('pino-socket'),
  options: { address: '127.0.0.1', port, mode: 'tcp' }
})
const log = pino({ name: 'shop', level: 'debug' }, transport)
for (let i = 0; i < count; i++) log[levels[i % 5]]({ order: i, item: { id: [i, 7] } }, `item ${i} of "anna's" }{ cart`)
log.flush()
transport.end()
