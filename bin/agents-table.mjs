// What the real agents did: node agents-table.mjs
// Prints a table agent × scenario from Surefire's reports of the classes `dev.signalbox.agents.*Test`: `pass`, `FAIL`, or
// `not offered` where the agent's own tests say that it cannot be asked for this. Prints nothing when no agent ran.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? 'server/target/surefire-reports'
const CASE = /<testcase((?:\s[\w.-]+="[^"]*")*)\s*(?:(\/)>|>([\s\S]*?)<\/testcase>)/g

function attribute(tag, name) {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}

// What a test printed may look like XML, so it is cut out first.
function results(file) {
  const xml = readFileSync(file, 'utf8').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
  return [...xml.matchAll(CASE)].map(([, head, empty, body]) => ({
    agent: /\.agents\.(\w+)Test$/.exec(attribute(head, 'classname'))?.[1],
    scenario: attribute(head, 'name').replace(/\(.*$/, ''),
    result:
      empty || !/<(failure|error|skipped)[\s>/]/.test(body) ? 'pass'
      : /<skipped[\s>/]/.test(body) ? 'not offered'
      : 'FAIL',
  }))
}

// `R_LIFE_1_goesOnWhenKilled` is "goes on when killed".
function words(name) {
  return name.replace(/^(R_[A-Z]+_\d+_)+/, '').replace(/([A-Z])/g, ' $1').toLowerCase().trim()
}

const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^TEST-dev\.signalbox\.agents\..*\.xml$/.test(name)) : []
const all = files.flatMap((name) => results(join(folder, name))).filter(({ agent }) => agent)
const agents = [...new Set(all.map(({ agent }) => agent))].sort()
const scenarios = [...new Set(all.map(({ scenario }) => scenario))].sort()

if (agents.length > 0) {
  const cell = (agent, scenario) =>
    all.find((one) => one.agent === agent && one.scenario === scenario)?.result ?? ''
  const rows = [
    ['', ...agents],
    ...scenarios.map((scenario) => [words(scenario), ...agents.map((agent) => cell(agent, scenario))]),
  ]
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)))
  for (const row of rows) console.log(row.map((text, at) => text.padEnd(widths[at])).join('  ').trimEnd())
}
