package batch

// key is a key of a body that some rule reads.
type key uint8

const (
	keyID key = iota
	keySpanID
	keyGenerationID
	keyType
	keyTraceID
	keyTraceIDType
	keyExternalID
	keyTimestamp
	keyName
	keyUserID
	keySessionID
	keyRelease
	keyVersion
	keyEnvironment
	keyPublic
	keyTags
	keyInput
	keyOutput
	keyPrompt
	keyCompletion
	keyMetadata
	keyStartTime
	keyEndTime
	keyCompletionStartTime
	keyLevel
	keyStatusMessage
	keyParentObservationID
	keyModel
	keyModelParameters
	keyUsage
	keyUsageDetails
	keyCostDetails
	keyPromptName
	keyPromptVersion
	keyValue
	keyDataType
	keyConfigID
	keyObservationID
	keyDatasetRunID
	keyComment
	keySource
	keyQueueID
	keyExecutionTraceID
	numKeys
)

// String returns the key as it is written.
func (k key) String() string {
	return [numKeys]string{
		"id", "spanId", "generationId", "type", "traceId", "traceIdType", "externalId", "timestamp", "name", "userId",
		"sessionId", "release", "version", "environment", "public", "tags", "input", "output", "prompt", "completion",
		"metadata", "startTime", "endTime", "completionStartTime", "level", "statusMessage", "parentObservationId",
		"model", "modelParameters", "usage", "usageDetails", "costDetails", "promptName", "promptVersion", "value",
		"dataType", "configId", "observationId", "datasetRunId", "comment", "source", "queueId", "executionTraceId",
	}[k]
}

// keyOf returns the key that is written so.
func keyOf(name []byte) (key, bool) {
	switch string(name) {
	case "id":
		return keyID, true
	case "spanId":
		return keySpanID, true
	case "generationId":
		return keyGenerationID, true
	case "type":
		return keyType, true
	case "traceId":
		return keyTraceID, true
	case "traceIdType":
		return keyTraceIDType, true
	case "externalId":
		return keyExternalID, true
	case "timestamp":
		return keyTimestamp, true
	case "name":
		return keyName, true
	case "userId":
		return keyUserID, true
	case "sessionId":
		return keySessionID, true
	case "release":
		return keyRelease, true
	case "version":
		return keyVersion, true
	case "environment":
		return keyEnvironment, true
	case "public":
		return keyPublic, true
	case "tags":
		return keyTags, true
	case "input":
		return keyInput, true
	case "output":
		return keyOutput, true
	case "prompt":
		return keyPrompt, true
	case "completion":
		return keyCompletion, true
	case "metadata":
		return keyMetadata, true
	case "startTime":
		return keyStartTime, true
	case "endTime":
		return keyEndTime, true
	case "completionStartTime":
		return keyCompletionStartTime, true
	case "level":
		return keyLevel, true
	case "statusMessage":
		return keyStatusMessage, true
	case "parentObservationId":
		return keyParentObservationID, true
	case "model":
		return keyModel, true
	case "modelParameters":
		return keyModelParameters, true
	case "usage":
		return keyUsage, true
	case "usageDetails":
		return keyUsageDetails, true
	case "costDetails":
		return keyCostDetails, true
	case "promptName":
		return keyPromptName, true
	case "promptVersion":
		return keyPromptVersion, true
	case "value":
		return keyValue, true
	case "dataType":
		return keyDataType, true
	case "configId":
		return keyConfigID, true
	case "observationId":
		return keyObservationID, true
	case "datasetRunId":
		return keyDatasetRunID, true
	case "comment":
		return keyComment, true
	case "source":
		return keySource, true
	case "queueId":
		return keyQueueID, true
	case "executionTraceId":
		return keyExecutionTraceID, true
	}
	return 0, false
}

// keySet is a set of keys.
type keySet uint64

func (s keySet) has(k key) bool { return s&(1<<k) != 0 }

// The keys of bodies. What a body holds besides is kept in the raw side value.
const (
	traceKeys keySet = 1<<keyID | 1<<keyExternalID | 1<<keyTimestamp | 1<<keyName | 1<<keyUserID | 1<<keySessionID |
		1<<keyRelease | 1<<keyVersion | 1<<keyEnvironment | 1<<keyPublic | 1<<keyTags | 1<<keyInput | 1<<keyOutput |
		1<<keyMetadata

	pointKeys keySet = 1<<keyID | 1<<keyTraceID | 1<<keyTraceIDType | 1<<keyName | 1<<keyVersion | 1<<keyEnvironment |
		1<<keyInput | 1<<keyOutput | 1<<keyMetadata | 1<<keyStartTime | 1<<keyLevel | 1<<keyStatusMessage |
		1<<keyParentObservationID

	spanKeys = pointKeys | 1<<keyEndTime

	callKeys = spanKeys | 1<<keyCompletionStartTime | 1<<keyModel | 1<<keyModelParameters | 1<<keyUsage |
		1<<keyUsageDetails | 1<<keyCostDetails

	generationKeys = callKeys | 1<<keyPromptName | 1<<keyPromptVersion

	legacyKeys = callKeys&^(1<<keyEnvironment) | 1<<keyType

	scoreKeys keySet = 1<<keyID | 1<<keyName | 1<<keyValue | 1<<keyDataType | 1<<keyConfigID | 1<<keyTraceID |
		1<<keyTraceIDType | 1<<keyObservationID | 1<<keySessionID | 1<<keyDatasetRunID | 1<<keyEnvironment |
		1<<keyComment | 1<<keyMetadata | 1<<keySource | 1<<keyQueueID | 1<<keyExecutionTraceID
)
