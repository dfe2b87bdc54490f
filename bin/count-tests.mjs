// Sums up what ran: node count-tests.mjs REPORTS [STEP-THAT-FAILED…]
// Prints each failure by name and, as the last line, `N passed, N failed, N skipped`; exits 1 when anything failed.
// A step that failed without a failed test (it did not compile, say) counts as one failure.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [reports, ...broken] = process.argv.slice(2)
const sum = { passed: 0, failed: 0, skipped: 0 }
const failures = []

function count(result, name) {
  sum[result]++
  if (result === 'failed') failures.push(name)
}

function unescape(text) {
  const marks = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, mark) => marks[mark])
}

function attribute(tag, name) {
  return unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

// Surefire: one XML file per class. What a test printed may look like XML, so it is cut out first.
function countSurefire(folder) {
  if (!existsSync(folder)) return
  for (const file of readdirSync(folder).filter((name) => /^TEST-.*\.xml$/.test(name))) {
    const xml = readFileSync(join(folder, file), 'utf8').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
    for (const [, head, empty, body] of xml.matchAll(/<testcase((?:\s[\w.-]+="[^"]*")*)\s*(?:(\/)>|>([\s\S]*?)<\/testcase>)/g)) {
      const name = `${attribute(head, 'classname')}.${attribute(head, 'name')}`
      if (!empty && /<(failure|error)[\s>/]/.test(body)) count('failed', name)
      else count(!empty && /<skipped[\s>/]/.test(body) ? 'skipped' : 'passed', name)
    }
  }
}

// vitest's JSON, one file per kind of test.
function countVitest(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const before = sum.failed
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) count('failed', suite.name)
    for (const test of suite.assertionResults) {
      const result = { passed: 'passed', failed: 'failed' }[test.status] ?? 'skipped'
      count(result, test.fullName)
    }
  }
  // Its own set-up failed, or an error belongs to no test.
  if (report.success === false && sum.failed === before) count('failed', `${file}: no test failed, but the run did`)
}

countSurefire('server/target/surefire-reports')
countSurefire('bench/target/surefire-reports')
for (const file of existsSync(reports) ? readdirSync(reports) : []) {
  if (file.endsWith('.json')) countVitest(join(reports, file))
}

for (const step of broken) count('failed', `step: ${step}`)
for (const name of failures) console.log(`FAILED ${name}`)
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0
