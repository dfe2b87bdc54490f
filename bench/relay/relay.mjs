// The bare relay of P4: node relay.mjs STREAMS COMMAND [ARGS…]
// Prints its port; when STREAMS sockets are open it starts the command and sends each of its lines
// to the socket of the stream the line names.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { WebSocketServer } from 'ws'

const [streams, command, ...args] = process.argv.slice(2)
const sockets = new Map()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('listening', () => console.log(server.address().port))
server.on('connection', (socket, request) => {
  sockets.set(request.url.slice(1), socket)
  if (sockets.size === Number(streams)) start()
})

function start() {
  const agent = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: agent.stdout }).on('line', (line) => {
    const { params } = JSON.parse(line)
    sockets.get(params.sessionId)?.send(JSON.stringify({ type: 'delta', text: params.update.content.text }))
  })
  agent.on('exit', () => setTimeout(() => process.exit(0), 100))
}
