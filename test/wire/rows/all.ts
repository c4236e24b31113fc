// All tables of packets in one list.
import { CONNECT_ROWS } from './connect.ts';
import { HEADER_ROWS } from './header.ts';
import { PUBLISH_ROWS } from './publish.ts';
import type { Row } from './row.ts';
import { SUBSCRIBE_ROWS } from './subscribe.ts';

export const ROWS: readonly Row[] = [...HEADER_ROWS, ...CONNECT_ROWS, ...PUBLISH_ROWS, ...SUBSCRIBE_ROWS];
