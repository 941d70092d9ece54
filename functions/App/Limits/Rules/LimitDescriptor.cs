namespace Serverless.Limits;

/// <summary>What a request says of itself toward the rules: a path of entries, the subject first, such as user=u1, then path=/search.</summary>
/// <param name="Entries">1 to 8.</param>
public sealed record LimitDescriptor(IReadOnlyList<LimitEntry> Entries);

/// <param name="Key">Such as "user": 1 to 64 characters.</param>
/// <param name="Value">Such as "u1": at most 512 characters.</param>
public readonly record struct LimitEntry(string Key, string Value);

/// <summary>A limit that applies to a request.</summary>
/// <param name="Subject">Whose: the domain and the first entry. All limits of a subject lie in one row.</param>
/// <param name="Id">Which of the subject's: the other entries, and what makes two counts incomparable, the algorithm and the window.</param>
/// <param name="Rule">As the rules in force state it.</param>
public sealed record MatchedLimit(string Subject, string Id, LimitRule Rule);
