import type { SessionView } from '../../src/core/protocol.gen';
import type { FakeLane } from '../fake-server/lane';
import type { FakeServer } from '../fake-server/server';

const DIFF = `--- a/server/src/main/java/app/RateLimiter.java
+++ b/server/src/main/java/app/RateLimiter.java
@@ -12,9 +12,14 @@ final class RateLimiter {
   private final Clock clock;
-  private long tokens;
-  private long refilledAt;
+  private final ReentrantLock lock = new ReentrantLock();
+
+  @GuardedBy("lock")
+  private double tokens;
+
+  @GuardedBy("lock")
+  private Instant refilledAt;
 
   boolean tryAcquire() {
-    refill();
+    lock.lock();
     return tokens-- > 0;
   }
`;

const ANSWER = `The limiter lost tokens when two threads refilled it at the same moment. I made the refill and the take **one step under a lock**:

1. \`tokens\` is now a \`double\`, so that a refill of less than one token is not thrown away.
2. \`refilledAt\` moves only when something was added.
3. A test starts 32 threads and counts what they were given.

\`\`\`java
boolean tryAcquire() {
  lock.lock();
  try {
    refillLocked(clock.instant());
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  } finally {
    lock.unlock();
  }
}
\`\`\`

| case | before | after |
|---|---|---|
| 32 threads, 1,000 tokens | 1,004–1,019 granted | 1,000 granted |
| refill of 0.4 tokens | lost | kept |

Everything in \`server\` passes. The one thing left is the **HTTP 429 answer**, which still says \`Retry-After: 1\` whatever the wait is.`;

/** A session as it looks in the middle of a morning's work. */
export function tellStory(server: FakeServer, session: SessionView): { worker: FakeLane; planner: FakeLane } {
  const worker = server.lane(session, 'worker');
  const planner = server.lane(session, 'planner');
  planner.submit('How should the rate limiter answer when a client is over its limit? Compare with what the gateway does today.', 'story-p1', 'opencode');
  planner.fact({ type: 'thread.changed', thread: { lane: planner.id, agent: 'opencode', driver: 'acp', nativeId: 'ses_81', status: 'idle', hasThread: true, origin: 'resumed', lastActiveAt: new Date().toISOString() } });
  planner.done({ kind: 'reasoning', text: 'The gateway computes the wait from the bucket. The service has a constant. Look at both, then compare.' });
  planner.tool('read', 'Read RetryAfter.java', { paths: ['gateway/src/main/java/RetryAfter.java'] });
  planner.tool('read', 'Read RateLimiter.java', { paths: ['server/src/main/java/app/RateLimiter.java'] });
  planner.tool('search', 'Search "Retry-After"', {});
  planner.done({ kind: 'text', text: 'The gateway already computes the wait; the service should say the same number. I would:\n\n- return the wait from `tryAcquire()` instead of a boolean,\n- round **up** to whole seconds, because the header has no fractions,\n- add a little jitter, or all clients come back in the same second.' });
  planner.done({ kind: 'plan', plan: [
    { text: 'Return the wait from tryAcquire()', status: 'completed' },
    { text: 'Write Retry-After from it, rounded up', status: 'in_progress' },
    { text: 'Add jitter of up to 10 %', status: 'pending' },
  ] });
  planner.end();

  worker.submit('The rate limiter lets too many requests through under load. Find out why and fix it. Keep the API.', 'story-w1');
  worker.fact({ type: 'thread.changed', thread: { lane: worker.id, agent: 'practice', driver: 'acp', nativeId: 't1', status: 'active', hasThread: true, origin: 'new', lastActiveAt: new Date().toISOString() } });
  worker.fact({ type: 'usage.changed', agent: 'practice', usage: { contextUsed: 61_000, contextSize: 200_000, totalTokens: 84_000 } });
  worker.done({ kind: 'reasoning', text: 'Two threads may refill at once. Let me read the class, then look for a test that shows it.' });
  for (const file of ['RateLimiter.java', 'Gateway.java', 'RateLimiterTest.java']) worker.tool('read', `Read ${file}`, { paths: [`server/src/main/java/app/${file}`] });
  worker.tool('search', 'Search "tryAcquire"', {});
  worker.tool('execute', 'Run the test', { input: { command: './mvnw -q -pl server test -Dtest=RateLimiterTest' }, exitCode: 1 }, 'failed', { output: '[ERROR] RateLimiterTest.underLoad:41 expected: 1000 but was: 1007\n' });
  worker.tool('edit', 'Edit RateLimiter.java', { paths: ['server/src/main/java/app/RateLimiter.java'] }, 'done', { diff: DIFF });
  worker.tool('execute', 'Run the tests', { input: { command: './mvnw -q -pl server test' }, exitCode: 0 }, 'done', { output: 'Tests run: 214, Failures: 0\n' });
  worker.done({ kind: 'text', text: ANSWER });
  worker.end();
  worker.submit('Good. Now make Retry-After honest, as the planner says.', 'story-w2');
  worker.tool('read', 'Read RetryAfter.java', { paths: ['gateway/src/main/java/RetryAfter.java'] });
  worker.tool('edit', 'Edit Limits.java', { paths: ['server/src/main/java/app/Limits.java'] }, 'done', { diff: '@@ -20,2 +20,3 @@\n   Response refused(Duration wait) {\n-    return status(429).header("Retry-After", 1);\n+    long seconds = Math.ceilDiv(wait.toMillis(), 1000);\n+    return status(429).header("Retry-After", seconds);\n' });
  worker.item({ kind: 'text', text: 'The header now carries the real wait. Before I go on, I would like to run the load test against the local gateway' });
  return { worker, planner };
}
