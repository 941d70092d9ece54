namespace Serverless.Local.Realtime;

/// <summary>Which users are in which groups of a hub, and until when. Thread-safe.</summary>
internal sealed class HubGroups(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _until = new(StringComparer.Ordinal);

    public void Join(string user, string group, TimeSpan life)
    {
        lock (_lock)
        {
            if (!_until.TryGetValue(group, out var users))
                _until.Add(group, users = new(StringComparer.Ordinal));
            users[user] = clock.GetUtcNow() + life;
        }
    }

    public void Leave(string user, string group)
    {
        lock (_lock)
        {
            if (_until.TryGetValue(group, out var users) && users.Remove(user) && users.Count == 0)
                _until.Remove(group);
        }
    }

    /// <summary>The users of a group now.</summary>
    public IReadOnlyList<string> Of(string group)
    {
        lock (_lock)
        {
            if (!_until.TryGetValue(group, out var users))
                return [];
            var now = clock.GetUtcNow();
            foreach (var (user, _) in users.Where(one => one.Value <= now).ToList())
                users.Remove(user);
            if (users.Count == 0)
                _until.Remove(group);
            return [.. users.Keys];
        }
    }
}
