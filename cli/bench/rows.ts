import type { Row } from './row.ts';
import { bootstrap } from './rows/bootstrap.ts';
import { help } from './rows/help.ts';
import { kindBootstrap, kindEmbedded } from './rows/kind-bootstrap.ts';
import { kindPush } from './rows/kind-push.ts';
import { memory } from './rows/memory.ts';
import { nukeAndRebuild } from './rows/nuke-and-rebuild.ts';
import { push } from './rows/push.ts';
import { render } from './rows/render.ts';
import { status } from './rows/status.ts';
import { toolBuild, toolBuildCold } from './rows/tool-build.ts';
import { validate } from './rows/validate.ts';

/** In the order in which they are measured. `tool-build-cold` only with --cold. */
export const rows: readonly Row[] = [
  bootstrap,
  push,
  nukeAndRebuild,
  help,
  status,
  memory,
  toolBuild,
  toolBuildCold,
  render,
  validate,
  kindBootstrap,
  kindEmbedded,
  kindPush,
];
