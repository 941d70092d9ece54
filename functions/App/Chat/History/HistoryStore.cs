using System.Collections.Immutable;
using System.Globalization;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>What rooms said before what their registers hold.</summary>
internal sealed class HistoryStore
{
    private readonly Documents<HistoryBlock> _blocks;
    private readonly Documents<LongText> _texts;

    public HistoryStore(StrictRegisters registers, ReplicatedStore store) =>
        (_blocks, _texts) = (new Documents<HistoryBlock>("chathistory", registers, store), new Documents<LongText>("chattexts", registers, store));

    /// <summary>Events from <paramref name="from"/> to <paramref name="to"/>, which must have been copied; null when too few replicas answered.</summary>
    public async Task<ImmutableArray<RoomEvent>?> ReadAsync(string room, long from, long to, CancellationToken cancellationToken)
    {
        if (from > to)
            return [];
        var numbers = Enumerable.Range(0, (int)(HistoryBlock.NumberOf(to) - HistoryBlock.NumberOf(from)) + 1).Select(k => HistoryBlock.NumberOf(from) + k);
        var blocks = await Task.WhenAll(numbers.Select(number => _blocks.ReadAsync(NameOf(room, number), cancellationToken)));
        var events = new List<RoomEvent>();
        foreach (var block in blocks)
        {
            if (block is not DocumentRead<HistoryBlock>.Held { Value: var value })
                return null;
            events.AddRange((value ?? HistoryBlock.Empty).Events.Where(one => one.Seq >= from && one.Seq <= to));
        }

        var whole = await Task.WhenAll(events.Select(one => one.Apart == true ? WholeAsync(room, one, cancellationToken) : Task.FromResult<RoomEvent?>(one)));
        return whole.Contains(null) || whole.Length != to - from + 1 ? null : [.. whole.Select(one => one!)];
    }

    /// <summary>Takes what a room decided; whether it is safe then. May be repeated, and be done by several at once.</summary>
    public async Task<bool> TakeAsync(string room, ImmutableArray<RoomEvent> events, CancellationToken cancellationToken)
    {
        var apart = events.Where(one => one.Text?.Length > HistoryBlock.LongestText).ToList();
        if (!(await Task.WhenAll(apart.Select(one => KeepTextAsync(room, one, cancellationToken)))).All(kept => kept))
            return false;
        var marked = events.Select(one => apart.Contains(one) ? one with { Text = null, Apart = true } : one);
        var taken = await Task.WhenAll(marked.GroupBy(one => HistoryBlock.NumberOf(one.Seq)).Select(group => ChangeAsync(room, group.Key, block => block.With(group.Key, group), cancellationToken)));
        var edits = await Task.WhenAll(events.Where(one => one.Kind == EventKind.Edited).Select(one =>
            ChangeAsync(room, HistoryBlock.NumberOf(one.Target!.Value), block => block.With(new EditMark(one.Target.Value, one.Seq)), cancellationToken)));
        return taken.All(done => done) && edits.All(done => done)
            && (await Task.WhenAll(events.Where(one => one.Kind == EventKind.Deleted).Select(one => EraseAsync(room, one.Target!.Value, cancellationToken)))).All(done => done);
    }

    /// <summary>Takes the words of a message away, and of its edits, as far as they have come here; whether that is done.</summary>
    public async Task<bool> EraseAsync(string room, long target, CancellationToken cancellationToken)
    {
        if (await _blocks.ReadAsync(NameOf(room, HistoryBlock.NumberOf(target)), cancellationToken) is not DocumentRead<HistoryBlock>.Held { Value: var block })
            return false;
        var gone = (block ?? HistoryBlock.Empty).Edits.Where(edit => edit.Target == target).Select(edit => edit.By).Append(target);
        var done = await Task.WhenAll(gone.Select(async seq =>
            await ChangeAsync(room, HistoryBlock.NumberOf(seq), one => one.Without(seq), cancellationToken)
            && await _texts.ReadAsync(TextOf(room, seq), cancellationToken) switch
            {
                DocumentRead<LongText>.Held { Value: null } => true,
                DocumentRead<LongText>.Held => await _texts.DeleteAsync(TextOf(room, seq), _ => true, cancellationToken),
                _ => false,
            }));
        return done.All(one => one);
    }

    private async Task<RoomEvent?> WholeAsync(string room, RoomEvent one, CancellationToken cancellationToken) => await _texts.ReadAsync(TextOf(room, one.Seq), cancellationToken) switch
    {
        DocumentRead<LongText>.Held(var text) => text is null ? one.Blank() : one with { Text = text.Text, Apart = null },
        _ => null,
    };

    private async Task<bool> KeepTextAsync(string room, RoomEvent one, CancellationToken cancellationToken) =>
        await _texts.ChangeAsync(TextOf(room, one.Seq), text => text ?? new LongText(one.Text!), cancellationToken, exists: false) is not DocumentChange<LongText>.NoQuorum;

    private async Task<bool> ChangeAsync(string room, long number, Func<HistoryBlock, HistoryBlock> change, CancellationToken cancellationToken) =>
        await _blocks.ChangeAsync(NameOf(room, number), block => change(block ?? HistoryBlock.Empty) is var next && next == (block ?? HistoryBlock.Empty) ? block : next, cancellationToken)
            is not DocumentChange<HistoryBlock>.NoQuorum;

    private static string NameOf(string room, long number) => string.Create(CultureInfo.InvariantCulture, $"{room}/{number}");

    private static string TextOf(string room, long seq) => string.Create(CultureInfo.InvariantCulture, $"{room}/{seq}");

    private sealed record LongText(string Text);
}
