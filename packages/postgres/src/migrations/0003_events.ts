import { eventLock } from "./eventLock.ts";

/** How events are read. */
export default (s: string): ReadonlyArray<string> => [
  // Volatile, so that each query in it sees what was committed before that query: the log is read after it is known
  // how far it may be read. A commit whose position is not known yet holds a lock that names a smaller one. The last
  // row, without data, says where to read on.
  `create function ${s}.events_after(_tenant text, _ticket bigint, _after bigint, _limit integer)
   returns table (of_position bigint, of_tenant text, of_at timestamptz, of_data jsonb) language plpgsql volatile as $$
   declare
     lock_key constant bigint := ${eventLock(s)};
     horizon bigint;
     held bigint;
   begin
     select last_value into horizon from ${s}.event_position;
     if _after is null or horizon > _after then
       select min((l.classid::bigint << 32 | l.objid::bigint) - lock_key) into held from pg_locks l
       where l.locktype = 'advisory' and l.objsubid = 1 and l.mode = 'ShareLock'
         and l.database = (select d.oid from pg_database d where d.datname = current_database())
         and (l.classid::bigint << 32 | l.objid::bigint) between lock_key and lock_key + (1::bigint << 41) - 1;
       horizon := least(horizon, held);
       if _limit = 0 then
         null;
       elsif _tenant is null then
         return query select e.position, e.tenant, e.at, e.data from ${s}.events e
           where e.position > _after and e.position <= horizon and (_ticket is null or e.ticket_id = _ticket)
           order by e.position limit _limit;
       elsif _ticket is null then
         return query select e.position, e.tenant, e.at, e.data from ${s}.events e
           where e.tenant = _tenant and e.position > _after and e.position <= horizon
           order by e.position limit _limit;
       else
         return query select e.position, e.tenant, e.at, e.data from ${s}.events e
           where e.tenant = _tenant and e.ticket_id = _ticket and e.position > _after and e.position <= horizon
           order by e.position limit _limit;
       end if;
     end if;
     return query select greatest(horizon, _after), null::text, null::timestamptz, null::jsonb;
   end $$`,
];
