// `npm test` and `npm run test:all`: types, lint, then the tests of the vitest projects that are named, whatever failed before, and
// one closing line for people and CI: `N passed, N failed` (`, N skipped`). Plain JavaScript, since it has to run before anything is built.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const scratch = mkdtempSync(join(tmpdir(), 'platform-npm-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** Runs one command in the foreground; true when it ended with 0. */
function succeeds(title, command, args) {
  console.log(`\n— ${title}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function dockerAnswers() {
  return spawnSync('docker', ['version', '--format={{.Server.Version}}'], { timeout: 10_000 }).status === 0;
}

/** Why a test failed, shortly: whoever sees only the end of a log has nothing else. */
function reasonOf(messages) {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n');
  const shown = lines.filter((line) => !/^\s+at .*node_modules/.test(line)).slice(0, 40);
  return shown.map((line) => `      ${line}`).join('\n');
}

/** Checks that either hold or do not, side by side: each of them uses one core. What they say is printed in their order. */
async function checks(scripts) {
  const running = scripts.map(async (script) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
    const [code] = await once(child, 'close');
    return { script, said, ok: code === 0 };
  });
  for await (const { script, said, ok } of running) {
    console.log(`\n— ${script}\n${said.trim()}`);
    total[ok ? 'passed' : 'failed'] += 1;
    if (!ok) failures.push(script);
  }
}

/** A vitest project, counted test by test. */
function tests(project) {
  const file = join(scratch, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const ok = succeeds(`${project} tests`, 'npx', ['vitest', ...args]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    for (const suite of report.testResults) {
      for (const test of suite.assertionResults) {
        if (test.status === 'failed')
          failures.push(`${project}: ${test.fullName}\n${reasonOf(test.failureMessages)}`);
        if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
      }
      // A file that fails outside of its tests has no failed test to count.
      if (suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed')) {
        total.failed += 1;
        failures.push(`${project}: ${suite.name}: ${suite.message}`);
      }
    }
    if (!ok && report.numFailedTests === 0 && report.success)
      throw new Error('vitest failed without a failing test');
  } catch (error) {
    total.failed += 1;
    failures.push(`${project}: no usable report (${error instanceof Error ? error.message : String(error)})`);
  }
}

await checks(['types', 'lint:code', 'format:check', 'build']);
for (const project of process.argv.slice(2)) {
  if (project !== 'kind' || dockerAnswers()) tests(project);
  else console.log('\n— kind tests are left out: no Docker daemon answers');
}

rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nfailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
