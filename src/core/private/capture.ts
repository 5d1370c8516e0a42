import { CaptureSpec } from '../serving-endpoint';

/** Whether anything is recorded: a share of 0 is nothing. */
export function records(capture: CaptureSpec | undefined): boolean {
  return capture !== undefined && capture.samplingPercent !== 0;
}
