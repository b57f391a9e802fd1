// Loaded before everything else (node -r), so it must run on any Node, however old: no newer syntax here.
'use strict';
var floor = require('../../versions.json').node;
var have = process.versions.node.split('.').map(Number);
var need = floor.split('.').map(Number);
var difference = have[0] - need[0] || have[1] - need[1] || have[2] - need[2];
if (difference < 0) {
  process.stderr.write(
    'platform: Node ' +
      process.versions.node +
      ' is too old: the CLI needs ' +
      floor +
      ' or newer\n' +
      '  found at ' +
      process.execPath +
      '\n' +
      '  get it from https://nodejs.org/en/download, or: nvm install 20 / brew install node\n',
  );
  process.exit(4);
}
