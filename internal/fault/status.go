package fault

// HTTPStatus returns the status that answers a request which failed with the
// code. Routes with a contract of their own may differ.
func (c Code) HTTPStatus() int {
	//exhaustive:enforce
	switch c {
	case Invalid:
		return 400
	case Unauthenticated:
		return 401
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case TooLarge:
		return 413
	case Unsupported:
		return 415
	case TooCostly:
		return 422
	case RateLimited:
		return 429
	case Unavailable:
		return 503
	case Internal:
	}
	return 500
}
