/** An error in the shape that AWS clients read: a code on which programs match, and a message for people. */
export class AwsError extends Error {
  readonly code: string;
  readonly httpStatus: number;

  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

export const validationError = (message: string) => new AwsError('ValidationException', message);
export const notFound = () => new AwsError('ResourceNotFound', 'Requested resource not found.');
