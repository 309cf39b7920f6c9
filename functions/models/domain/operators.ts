/**
 * Operators that a graph may use: those that exports of tabular models are made of. Each is a pure function of its
 * inputs. Left out are loops and branches, chance and sequences.
 */
const standard = `
  Abs Add And ArgMax ArgMin Cast Ceil Clip Concat Constant ConstantOfShape CumSum Div Equal Erf Exp Expand Flatten Floor
  Gather GatherElements GatherND Gemm Greater GreaterOrEqual Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log
  LogSoftmax MatMul Max Mean Min Mod Mul Neg Not OneHot Or Pad Pow PRelu Range Reciprocal ReduceL1 ReduceL2 ReduceMax
  ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round ScatterElements ScatterND Selu Shape
  Sigmoid Sign Size Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh TfIdfVectorizer Tile TopK Transpose Unsqueeze
  Where Xor
`;
const machineLearning = `
  ArrayFeatureExtractor Binarizer CategoryMapper FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor
  Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
`;

/**
 * Of onnxruntime itself, in every package of it. A tokenizer may have a pattern, which it reads with RE2: in time that is
 * linear in the text, whatever the pattern.
 */
const contributed = 'Tokenizer';

const named = (domain: string, names: string): string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${domain}.${name}`);

export const allowedOperators: ReadonlySet<string> = new Set([
  ...named('ai.onnx', standard),
  ...named('ai.onnx.ml', machineLearning),
  ...named('com.microsoft', contributed),
]);
