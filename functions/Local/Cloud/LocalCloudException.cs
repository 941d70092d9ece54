namespace Serverless.Local.Cloud;

/// <summary>The local cloud cannot start; the message is one sentence that says what to do.</summary>
public sealed class LocalCloudException(string sentence, Exception? cause = null) : Exception(sentence, cause);
