import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateTrainingJob } from './requests.ts';

const host = 'algo-1';

/** Folders and files of a tree that stands for `/opt/ml`. */
export const treePaths = (tree: string) => ({
  channel: (name: string) => join(tree, 'input', 'data', name),
  configuration: join(tree, 'input', 'config'),
  checkpoints: join(tree, 'checkpoints'),
  model: join(tree, 'model'),
  output: join(tree, 'output'),
  failure: join(tree, 'output', 'failure'),
  temporary: join(tree, 'tmp'),
});

/**
 * Makes the tree of a job, all but its data.
 *
 * Layout: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 */
export async function makeTree(tree: string, request: CreateTrainingJob): Promise<void> {
  const paths = treePaths(tree);
  const channels = request.InputDataConfig ?? [];
  const folders = [
    paths.configuration,
    paths.model,
    join(paths.output, 'data'),
    paths.checkpoints,
    paths.temporary,
    ...channels.map(({ ChannelName }) => paths.channel(ChannelName)),
  ];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  const configuration = {
    hyperparameters: request.HyperParameters ?? {},
    inputdataconfig: Object.fromEntries(channels.map((channel) => [channel.ChannelName, describeChannel(channel)])),
    resourceconfig: describeResources(request.ResourceConfig.InstanceType),
  };
  await Promise.all(
    Object.entries(configuration).map(([name, content]) =>
      writeFile(join(paths.configuration, `${name}.json`), JSON.stringify(content)),
    ),
  );
}

function describeChannel({ ContentType }: { readonly ContentType?: string | undefined }) {
  return {
    TrainingInputMode: 'File',
    S3DistributionType: 'FullyReplicated',
    RecordWrapperType: 'None',
    ...(ContentType !== undefined && { ContentType }),
  };
}

function describeResources(instanceType: string) {
  const group = 'homogeneousCluster';
  return {
    current_host: host,
    current_instance_type: instanceType,
    current_group_name: group,
    hosts: [host],
    instance_groups: [{ instance_group_name: group, instance_type: instanceType, hosts: [host] }],
    network_interface_name: 'lo',
  };
}
