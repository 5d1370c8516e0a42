import { aws_ec2 as ec2, aws_fsx as fsx } from 'aws-cdk-lib';

/** How the training container gets its data. */
export enum TrainingInputMode {
  /** Downloaded before the container starts: the disk must hold it. */
  FILE = 'File',
  /** Streamed from S3 as it is read, behind ordinary files. */
  FAST_FILE = 'FastFile',
  /** Streamed from S3 through named pipes, for algorithms made for it. */
  PIPE = 'Pipe',
}

/** A data set on FSx for Lustre, mounted read-only as the training channel `train`. */
export interface LustreInput {
  /** The file system; its security group gets rules for the training machines. */
  readonly fileSystem: fsx.IFileSystem;
  /** Directory of the training data, beginning with the file system's mount name: `/fsx/dataset/train`. */
  readonly directoryPath: string;
  /** A subnet in the file system's availability zone: the jobs run in this one only. */
  readonly subnet: ec2.ISubnet;
}
