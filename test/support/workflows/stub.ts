import { HttpCall, HttpReply, TestFault } from './network';

/** One answer of a stub: which calls it is for, and what they get. */
export interface Route {
  /** Any method unless said. */
  readonly method?: string;
  /** Found in the URL when it is an expression; the whole URL when it is text. */
  readonly url: RegExp | string;
  /** `nth` counts the calls of this route from 0. A list is gone through call by call, and its last answer stays. */
  readonly reply: HttpReply | Error | readonly (HttpReply | Error)[] | ((call: HttpCall, nth: number) => HttpReply | Error);
}

/**
 * A network made of routes; the first that fits answers. A call that no route answers fails the test, even where the
 * workflow would catch it.
 */
export function stub(routes: readonly Route[]): (call: HttpCall, nth?: number) => HttpReply | Error {
  const counts = new Map<Route, number>();
  return (call) => {
    const route = routes.find((each) => fits(each, call));
    if (!route) throw new TestFault(`no route answers ${call.method} ${call.url}; there are:${routes.map((each) => `\n  ${each.method ?? '*'} ${each.url}`).join('')}`);
    const nth = counts.get(route) ?? 0;
    counts.set(route, nth + 1);
    const { reply } = route;
    if (typeof reply === 'function') return reply(call, nth);
    return Array.isArray(reply) ? reply[Math.min(nth, reply.length - 1)] : reply as HttpReply | Error;
  };
}

function fits(route: Route, call: HttpCall): boolean {
  if (route.method !== undefined && route.method.toUpperCase() !== call.method) return false;
  return typeof route.url === 'string' ? route.url === call.url : call.url.search(route.url) >= 0;
}
