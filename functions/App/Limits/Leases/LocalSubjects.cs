using System.Collections.Concurrent;

namespace Serverless.Limits;

/// <summary>
/// The subjects that this instance knows, bounded: of two generations the older is forgotten when the younger is full, and who is asked for moves to the younger. What a forgotten
/// subject holds goes back when its time is over.
/// </summary>
/// <param name="parts">What subjects work with.</param>
/// <param name="most">Subjects of both generations.</param>
internal sealed class LocalSubjects(LimiterParts parts, int most)
{
    private readonly Lock _lock = new();
    private ConcurrentDictionary<string, LocalSubject> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, LocalSubject> _old = new(StringComparer.Ordinal);

    public LocalSubject this[string subject] => _young.TryGetValue(subject, out var known) ? known : Add(subject);

    /// <summary>Subjects known.</summary>
    public int Count => _young.Count + _old.Count;

    private LocalSubject Add(string subject)
    {
        lock (_lock)
        {
            if (_young.Count >= Math.Max(1, most / 2))
                (_old, _young) = (_young, new(StringComparer.Ordinal));
            return _young.GetOrAdd(subject, _old.TryRemove(subject, out var known) ? known : new LocalSubject(subject, parts));
        }
    }
}
