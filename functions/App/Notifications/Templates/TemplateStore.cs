using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Templates with all their versions: each version is a register that is written once, and a head says which is the latest.</summary>
public sealed class TemplateStore(StrictRegisters registers, ReplicatedStore store) : IDisposable
{
    private const string Heads = "template";
    private const string Versions = "templateversion";
    private const int MostRemembered = 1_000;
    private const int MostTries = 16;

    private readonly Documents<TemplateHead> _heads = new(Heads, registers, store);
    private readonly Documents<TemplateSource> _versions = new(Versions, registers, store);
    private readonly MemoryCache _remembered = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    public void Dispose() => _remembered.Dispose();

    /// <summary>A version; null: the latest.</summary>
    internal async Task<TemplateRead> ReadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        if (version is null)
        {
            switch (await _heads.ReadAsync(name, cancellationToken))
            {
                case DocumentRead<TemplateHead>.NoQuorum(var answered, var needed):
                    return new TemplateRead.NoQuorum(answered, needed);
                case DocumentRead<TemplateHead>.Held(var head) when head is null:
                    return new TemplateRead.Unknown();
                case DocumentRead<TemplateHead>.Held(var head):
                    version = head!.Latest;
                    break;
            }
        }

        var key = NameOf(name, version!.Value);
        if (_remembered.TryGetValue<Template>(key, out var known))
            return new TemplateRead.Found(known!);
        switch (await _versions.ReadAsync(key, cancellationToken))
        {
            case DocumentRead<TemplateSource>.NoQuorum(var answered, var needed):
                return new TemplateRead.NoQuorum(answered, needed);
            case DocumentRead<TemplateSource>.Held { Value: { } source } when Template.Of(name, version.Value, source).Template is { } template:
                _remembered.Set(key, template, new MemoryCacheEntryOptions { Size = 1 });
                return new TemplateRead.Found(template);
            default:
                return new TemplateRead.Unknown();
        }
    }

    /// <summary>Makes the next version of what is not the latest already. Two at once make two.</summary>
    internal async Task<TemplateWrite> WriteAsync(string name, TemplateSource source, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(name, null, cancellationToken);
        if (read is TemplateRead.NoQuorum(var heard, var wanted))
            return new TemplateWrite.NoQuorum(heard, wanted);
        var latest = (read as TemplateRead.Found)?.Template;
        if (latest is not null && IsSame(latest.Source, source))
            return new TemplateWrite.Same(latest.Version);
        var version = (latest?.Version ?? 0) + 1;
        for (var tries = 0; tries < MostTries; tries++, version++)
        {
            switch (await _versions.ChangeAsync(NameOf(name, version), there => there is null || IsSame(there, source) ? source : there, cancellationToken, exists: false))
            {
                case DocumentChange<TemplateSource>.Written:
                    return await RaiseAsync(name, version, cancellationToken);
                case DocumentChange<TemplateSource>.TooLarge:
                    return new TemplateWrite.TooLarge();
                case DocumentChange<TemplateSource>.NoQuorum(var answered, var needed):
                    return new TemplateWrite.NoQuorum(answered, needed);
            }
        }

        return new TemplateWrite.NoQuorum(0, 0);
    }

    private async Task<TemplateWrite> RaiseAsync(string name, int version, CancellationToken cancellationToken) =>
        await _heads.ChangeAsync(name, head => head is null || head.Latest < version ? new TemplateHead(version) : head, cancellationToken) is DocumentChange<TemplateHead>.NoQuorum(var answered, var needed)
            ? new TemplateWrite.NoQuorum(answered, needed)
            : new TemplateWrite.Made(version);

    private static bool IsSame(TemplateSource one, TemplateSource other) =>
        JsonSerializer.SerializeToUtf8Bytes(one, StoredJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, StoredJson.Options));

    private static string NameOf(string name, int version) => string.Create(CultureInfo.InvariantCulture, $"{name}.{version}");
}

/// <param name="Latest">The number of the latest version.</param>
internal sealed record TemplateHead(int Latest);

internal abstract record TemplateRead
{
    public sealed record Found(Template Template) : TemplateRead;

    public sealed record Unknown : TemplateRead;

    public sealed record NoQuorum(int Answered, int Needed) : TemplateRead;
}

internal abstract record TemplateWrite
{
    /// <summary>A new version.</summary>
    public sealed record Made(int Version) : TemplateWrite;

    /// <summary>It is the latest version already.</summary>
    public sealed record Same(int Version) : TemplateWrite;

    public sealed record TooLarge : TemplateWrite;

    public sealed record NoQuorum(int Answered, int Needed) : TemplateWrite;
}
