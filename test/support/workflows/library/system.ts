import { fail } from '../errors';
import { jsonText, toPlain, Value } from '../values';
import { builtin } from './builtin';

/** @see https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity */
export const SEVERITIES = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];

const YEAR = 31536000;

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/sys/log (and its neighbours) */
export const SYSTEM = [
  builtin('sys.get_env(name: string, default?: string)', ([name, otherwise], host) => host.env(name) ?? otherwise),
  builtin('sys.now()', (_, host) => host.now()),
  builtin('sys.log(data?: any, severity?: string, text?: string, json?: map, timeout?: number)', ([data, severity, text, json], host) => {
    if (!SEVERITIES.includes(severity ?? 'DEFAULT')) return fail('ValueError', `sys.log: unknown severity ${severity}`);
    host.log({ severity: severity ?? 'DEFAULT', data: toPlain(data ?? text ?? json) });
    return null;
  }, true),
  builtin('sys.sleep(seconds: number)', ([seconds], host) => {
    if (seconds < 0 || seconds > YEAR) return fail('ValueError', `sys.sleep: seconds must be between 0 and ${YEAR}, got ${seconds}`);
    host.sleep(Number(seconds));
    return null;
  }, true),
  builtin('sys.sleep_until(time: string)', ([time], host) => {
    host.sleep(Math.max(0, parseTime(time) - host.now()));
    return null;
  }, true),

  builtin('time.format(seconds: number, timezone?: string)', ([seconds, timezone]) => formatTime(Number(seconds), timezone || 'UTC')),
  builtin('time.parse(value: string)', ([value]) => parseTime(value)),
];

/** Microseconds always, `Z` for UTC and an offset for any other zone: `2024-07-12T14:50:33.000000+02:00`. */
function formatTime(seconds: number, timezone: string): Value {
  const micros = Math.round(seconds * 1e6);
  const offset = offsetOf(micros / 1e3, timezone);
  const local = new Date(Math.floor(micros / 1e3) + offset * 60e3).toISOString().slice(0, 19);
  const fraction = String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0');
  if (offset === 0 && ['UTC', 'GMT'].includes(timezone)) return `${local}.${fraction}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((each) => String(each).padStart(2, '0'));
  return `${local}.${fraction}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** Minutes that a zone is ahead of UTC. */
function offsetOf(milliseconds: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' }).formatToParts(new Date(milliseconds));
    const [, sign, hours, minutes] = /GMT(?:([-+])(\d\d):(\d\d))?/.exec(parts.find((each) => each.type === 'timeZoneName')!.value)!;
    return sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  } catch {
    return fail('ValueError', `time.format: unknown timezone ${timezone}`);
  }
}

function parseTime(text: string): number {
  const [, date, fraction, zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[-+]\d\d:\d\d)$/.exec(text) ?? [];
  const whole = date === undefined ? NaN : Date.parse(date + zone);
  return Number.isNaN(whole) ? fail('ValueError', `time.parse: ${jsonText(text)} is no ISO 8601 time`) : whole / 1e3 + Number(fraction ?? 0);
}
