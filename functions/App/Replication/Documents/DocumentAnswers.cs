namespace Serverless.Replication;

/// <summary>What was read or written, for workers: they have no answer to give to a storage that does not answer but to be called again.</summary>
internal static class DocumentAnswers
{
    /// <exception cref="StorageUnansweredException">Too few replicas answered.</exception>
    public static T? Value<T>(this DocumentRead<T> read, string what)
        where T : class => read is DocumentRead<T>.Held(var value) ? value : throw Unanswered(what);

    /// <exception cref="StorageUnansweredException">Too few replicas answered.</exception>
    /// <exception cref="InvalidOperationException">It is too long to be stored.</exception>
    public static T Value<T>(this DocumentChange<T> change, string what)
        where T : class => change switch
        {
            DocumentChange<T>.Written(var value) => value,
            DocumentChange<T>.Unchanged({ } value) => value,
            DocumentChange<T>.TooLarge(var bytes) => throw new InvalidOperationException($"What is to be stored of {what} takes {bytes} bytes, too many."),
            _ => throw Unanswered(what),
        };

    private static StorageUnansweredException Unanswered(string what) => new($"Too few replicas answer about {what}.");
}

/// <summary>A worker cannot go on now: too few replicas answer, or do not have yet what it needs.</summary>
internal sealed class StorageUnansweredException(string message) : Exception(message);
