import { AnnotationMetadataEntryType } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * A warning on a construct, once, without the stack trace of the engine's own annotations: the manifest must not depend
 * on where the code lies.
 */
export function warn(on: IConstruct, message: string): void {
  annotate(on, AnnotationMetadataEntryType.WARN, message);
}

/** A note on a construct, in the same way. */
export function inform(on: IConstruct, message: string): void {
  annotate(on, AnnotationMetadataEntryType.INFO, message);
}

/** An error, which stops the synthesis, in the same way. */
export function fail(on: IConstruct, message: string): void {
  annotate(on, AnnotationMetadataEntryType.ERROR, message);
}

function annotate({ node }: IConstruct, level: AnnotationMetadataEntryType, message: string): void {
  if (node.metadata.some(({ type, data }) => type === level && data === message)) return;
  node.addMetadata(level, message);
}
