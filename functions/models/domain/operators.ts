/**
 * Operators that a graph may use: those that exports of tabular classifiers are made of. Each is a pure function of its
 * inputs. Left out are loops and branches, chance, sequences, and whatever reads text by a pattern.
 */
const standard = `
  Abs Add And ArgMax ArgMin Cast Ceil Clip Concat Constant ConstantOfShape CumSum Div Equal Erf Exp Expand Flatten Floor
  Gather GatherElements GatherND Gemm Greater GreaterOrEqual Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log
  LogSoftmax MatMul Max Mean Min Mod Mul Neg Not OneHot Or Pad Pow PRelu Range Reciprocal ReduceL1 ReduceL2 ReduceMax
  ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round ScatterElements ScatterND Selu Shape
  Sigmoid Sign Size Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh Tile TopK Transpose Unsqueeze Where Xor
`;
const machineLearning = `
  ArrayFeatureExtractor Binarizer CategoryMapper FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor
  Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
`;

const named = (domain: string, names: string): string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${domain}.${name}`);

export const allowedOperators: ReadonlySet<string> = new Set([
  ...named('ai.onnx', standard),
  ...named('ai.onnx.ml', machineLearning),
]);
