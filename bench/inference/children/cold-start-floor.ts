/** The least that a prediction needs: onnxruntime, a session, one run. GRAPH is in the environment. */
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(String(process.env.GRAPH), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
await session.run({ numeric: new Tensor('float32', new Float32Array(30), [1, 30]) });
process.stdout.write('ready\n', () => process.exit(0));
