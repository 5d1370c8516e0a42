import { IConstruct } from 'constructs';

const SENT = new WeakMap<IConstruct, Set<string>>();

/**
 * Whether nothing of the app sends these logs there yet. Azure refuses a second diagnostic setting of a resource that
 * sends the same category to the same place, and the logs are there anyway.
 *
 * @param sink id of the Log Analytics workspace
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings
 */
export function isFirstSender(
  scope: IConstruct,
  targetResourceId: string,
  sink: string,
  categories: readonly string[],
): boolean {
  const { root } = scope.node;
  const sent = SENT.get(root) ?? new Set<string>();
  SENT.set(root, sent);
  const key = [targetResourceId, sink, ...categories].join('\n').toLowerCase();
  const isFirst = !sent.has(key);
  sent.add(key);
  return isFirst;
}
